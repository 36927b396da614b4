// Compiles every Python source <folder>/<number>/<name>: node run.mjs <folder>. Each gets its bytecode next to it, as
// `.pyc`.
//
// The compiler is the CPython of the npm package pyodide, which package-lock.json pins with its hash. So the bytecode
// does not depend on the Python of this machine. Standard output is one JSON object: the compiler's `version`, and
// an `error` if a source cannot be compiled.
import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const python = await loadPyodide();
python.mountNodeFS("/sources", process.argv[2]);
python.runPython(readFileSync(new URL("folder.py", import.meta.url), "utf8"));
process.stdout.write(python.runPython("compile_folder('/sources')"));
