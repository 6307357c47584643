/** The QR code of a help page, from an alert the one that tells of its printer; and under it what to set when a phone cannot open it yet. */
import { t } from "../words/language.ts";

export function QrCode({
  code,
  url,
  phoneHint,
  alert,
  sizePx = 168,
}: {
  readonly code: string;
  readonly url: string;
  readonly phoneHint: string | null;
  /** Id of the alert it stands beside. */
  readonly alert?: string;
  readonly sizePx?: number;
}) {
  const query = alert === undefined ? "" : `?alert=${encodeURIComponent(alert)}`;
  return (
    <figure className="qr-figure">
      <img
        className="qr"
        data-testid="qr"
        src={`/codes/${encodeURIComponent(code)}/qr.svg${query}`}
        alt={t("qr.alt", { code, url: url + query })}
        width={sizePx}
        height={sizePx}
        style={{ width: sizePx }}
      />
      <figcaption className="small quiet">{t(phoneHint === null ? "qr.hint" : "qr.onlyHere")}</figcaption>
    </figure>
  );
}
