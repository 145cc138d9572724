const { ConfigSet, TsJestTransformer } = require('ts-jest');

/** ts-jest leaves test files out of the program that it begins with, and makes a new program for each of them: half of the time of a run. */
class ConfigSetOfAllFiles extends ConfigSet {
  isTestFile() {
    return false;
  }
}

class Transformer extends TsJestTransformer {
  _createConfigSet(config) {
    return new ConfigSetOfAllFiles(config);
  }
}

module.exports = { createTransformer: (options) => new Transformer(options) };
