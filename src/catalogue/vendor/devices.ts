/** Which models the tables are for: the maker names them by the start of their serial numbers. Facts, as the printers' adapter has them. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  "00M": ["X1", "X1C"],
  "00W": ["X1C"],
  "03W": ["X1E"],
  "01S": ["P1P"],
  "01P": ["P1S"],
  "030": ["A1MINI"],
  "039": ["A1"],
  "22E": ["P2S"],
  "093": ["H2S"],
  "094": ["H2D"],
  "239": ["H2DPRO"],
  "31B": ["H2C"],
  "20P": ["X2D"],
  "26A": ["A2L"],
};

/** The models of a device; one that nobody knows yet goes by its own name. */
export function modelsOf(device: string | null): readonly string[] {
  if (device === null) return [];
  return Object.hasOwn(MODELS, device) ? (MODELS[device] ?? []) : [device];
}

/** Models are written in many ways: `A1 mini`, `A1MINI`. */
export function isSameModel(a: string, b: string): boolean {
  const plain = (model: string): string => model.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  return plain(a) === plain(b);
}
