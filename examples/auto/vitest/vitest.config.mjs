export default {
  test: {
    environment: 'node', // or jsdom, happy-dom
    setupFiles: ['shared-memory-registry/auto', 'shared-memory-registry/matchers'],
    restoreMocks: true, // every spy ends with its test
  },
};
