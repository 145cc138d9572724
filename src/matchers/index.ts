import { chain } from '../backend/awaitable';
import { findTestRunner } from '../test-runner/current-runner';
import { matchers } from './matchers';

export { matchers };

/** When the runner knows the matchers. Without a runner that has `expect`: `expect.extend(matchers)`. */
export const isReady = chain(findTestRunner(), ({ expect }) => expect?.extend(matchers));

interface StorageMatchers<R> {
  /**
   * Of a registry or an area: the key is stored; with data, if it is equal to what is stored (asymmetric matchers work). Of a registry on a server: await it.
   */
  toHaveStored(key: string, ...data: [data?: unknown]): R;
  /** Of a registry or an area: the key is stored with this revision. Of a registry on a server: await it. */
  toHaveRevision(key: string, revision: string): R;
  /** Of a `Journal` or its entries: there is an order of effects that explains every answer. */
  toBeLinearizable(): R;
}

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: as the runners declare it
    interface Matchers<R, T = {}> extends StorageMatchers<R> {}
  }
}
