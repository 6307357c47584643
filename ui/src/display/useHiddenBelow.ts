/** How many items of a list do not fit above the lower edge of the window; follows scrolling and every change of size. */
import { type RefObject, useEffect, useRef, useState } from "react";

/** What may stick out and the item still counts as seen. */
const SLACK_PX = 12;

export function useHiddenBelow<T extends HTMLElement>(): readonly [RefObject<T | null>, number] {
  const list = useRef<T>(null);
  const [hidden, setHidden] = useState(0);
  useEffect(() => {
    const node = list.current;
    if (node === null) return undefined;
    const count = (): void => {
      const bottoms = [...node.children].map((item) => item.getBoundingClientRect().bottom);
      setHidden(bottoms.filter((bottom) => bottom > window.innerHeight + SLACK_PX).length);
    };
    const observer = new ResizeObserver(count);
    observer.observe(node);
    window.addEventListener("scroll", count, { passive: true });
    window.addEventListener("resize", count);
    count();
    return () => {
      observer.disconnect();
      window.removeEventListener("scroll", count);
      window.removeEventListener("resize", count);
    };
  }, []);
  return [list, hidden];
}
