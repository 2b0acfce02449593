import { asProgram } from "../as-program";
import { program } from "./program";

export = asProgram(program);
