/** `SEED=7 npm test` runs the random tests with the values of that seed. */
const { SEED } = process.env;
if (SEED !== undefined) require('fast-check').configureGlobal({ seed: Number(SEED) });
