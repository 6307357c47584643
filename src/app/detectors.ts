/** `openhms detectors list`: what watches what. */
import { detectors } from "../detectors/index.ts";

export function listDetectors(json: boolean, print: (line: string) => void): void {
  for (const { id, about, codes, params } of detectors) {
    if (json) {
      print(JSON.stringify({ id, about, codes, params }));
      continue;
    }
    print(`${id}: ${about}`);
    print(`  codes: ${codes.length === 0 ? "those of the printer itself" : codes.join(", ")}`);
    for (const [name, param] of Object.entries(params))
      print(`  ${name} = ${param.default} ${param.unit} (${param.min} to ${param.max}): ${param.about}`);
  }
}
