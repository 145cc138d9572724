const { TestEnvironment } = require('jest-environment-node');

/** For the mutation run: one failed test is enough, so the rest of its file is skipped. */
module.exports = class extends TestEnvironment {
  #failed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.#failed = true;
    if (name === 'test_start' && this.#failed) test.mode = 'skip';
  }
};
