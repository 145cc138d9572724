import type { Operation } from '../../backend/operation';
import { FaultPlan } from '../fault-plan';
import type { AccessMode } from './accesses';

/** Callbacks for what is done with a plan. */
export interface PlanUses {
  onUse(mode: AccessMode): void;
  /** A client is made to crash or to restart. */
  onClient(client: string): void;
  /** Operations are released, which may be of any client. */
  onRelease(): void;
  onReset(): void;
}

const CHANGES = ['failNext', 'fail'] as const;

/** A plan of faults that calls back when it is read and changed. */
export class ExploredPlan extends FaultPlan {
  static {
    for (const name of CHANGES) {
      const change: (this: ExploredPlan, ...args: never[]) => unknown = FaultPlan.prototype[name];
      const value = function (this: ExploredPlan, ...args: never[]): unknown {
        this.#isTold = true;
        this.#uses.onUse('write');
        return change.apply(this, args);
      };
      Object.defineProperty(ExploredPlan.prototype, name, { value });
    }
  }

  readonly #uses: PlanUses;
  /** Whether the scenario has given it anything: operations may then use that up. */
  #isTold = false;

  constructor(uses: PlanUses) {
    super();
    this.#uses = uses;
  }

  override renew(): void {
    this.#isTold = false;
    super.renew();
  }

  override crash(client: string): void {
    this.#uses.onUse('write');
    this.#uses.onClient(client);
    super.crash(client);
  }

  override restart(client: string): void {
    this.#uses.onUse('write');
    this.#uses.onClient(client);
    super.restart(client);
  }

  override reset(): void {
    this.#uses.onReset();
    super.reset();
  }

  override hold(...args: Parameters<FaultPlan['hold']>): ReturnType<FaultPlan['hold']> {
    this.#uses.onUse('write');
    this.#isTold = true;
    const { release } = super.hold(...args);
    return {
      release: () => {
        this.#uses.onRelease();
        release();
      },
    };
  }

  override held(operation: Operation): Promise<void> | undefined {
    this.#uses.onUse(this.#isTold ? 'write' : 'read');
    return super.held(operation);
  }
}
