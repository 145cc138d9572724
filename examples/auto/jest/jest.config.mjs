export default {
  testEnvironment: 'jsdom', // or node
  setupFilesAfterEnv: ['shared-memory-registry/auto', 'shared-memory-registry/matchers'],
  restoreMocks: true, // every spy ends with its test
};
