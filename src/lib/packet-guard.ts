/**
 * Watches the framing of an MQTT byte stream and cuts it off when a packet announces more bytes than allowed: a parser of MQTT
 * would otherwise gather up to 256 MB before it shows the packet to anyone. For the embedded broker, and for clients of printers.
 */
export function packetGuard(maxBytes: number, cut: () => void): (chunk: Uint8Array) => void {
  /** Bytes of the present packet's body still to come. */
  let bodyLeft = 0;
  /** Undefined between packets; else the length read so far and the weight of the next byte. */
  let length: { value: number; weight: number } | undefined;
  let isCut = false;
  return (chunk) => {
    let i = 0;
    while (i < chunk.length && !isCut) {
      if (bodyLeft > 0) {
        const step = Math.min(bodyLeft, chunk.length - i);
        bodyLeft -= step;
        i += step;
        continue;
      }
      const byte = chunk[i++] as number;
      if (length === undefined) {
        length = { value: 0, weight: 1 };
        continue;
      }
      length.value += (byte & 127) * length.weight;
      length.weight *= 128;
      if (length.value > maxBytes || length.weight > 128 ** 4) {
        isCut = true;
        cut();
      } else if ((byte & 128) === 0) {
        bodyLeft = length.value;
        length = undefined;
      }
    }
  };
}
