// One bundle for the charts: Vega-Lite compiled in the browser, its expressions interpreted, never evaluated.
import * as vega from "vega";
import { compile } from "vega-lite";
import { expressionInterpreter } from "vega-interpreter";

window.entenduVega = { vega, compile, expressionInterpreter };
