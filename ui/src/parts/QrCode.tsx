/** The QR code of a help page, and under it what to set when a phone cannot open it yet. */
export function QrCode({
  code,
  url,
  phoneHint,
  sizePx = 168,
}: {
  readonly code: string;
  readonly url: string;
  readonly phoneHint: string | null;
  readonly sizePx?: number;
}) {
  return (
    <figure className="qr-figure">
      <img
        className="qr"
        data-testid="qr"
        src={`/codes/${encodeURIComponent(code)}/qr.svg`}
        alt={`QR code that opens the help page of ${code}: ${url}`}
        width={sizePx}
        height={sizePx}
        style={{ width: sizePx }}
      />
      <figcaption className="small quiet">{phoneHint ?? "Scan for the help page"}</figcaption>
    </figure>
  );
}
