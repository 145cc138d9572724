const { ModuleKind, ScriptTarget, transpileModule } = require('typescript');

const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true };

/** Turns the ECMAScript modules of packages into CommonJS, without the compiler of the tests, which takes seconds to begin. */
module.exports = { process: (sourceText) => ({ code: transpileModule(sourceText, { compilerOptions }).outputText }) };
