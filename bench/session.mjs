/** One process of a run: prints what it has measured as JSON. */
import { memory, operations, others } from './suites.mjs';

const [, , plan] = process.argv;
const results = { operations: await operations(JSON.parse(plan)), others: await others(JSON.parse(plan)), memory: memory() };
process.stdout.write(JSON.stringify(results), () => process.exit()); // some peers would keep the process alive
