// Sets dark or light before the first paint, so that nothing flashes; a file of its own because the page allows no inline script.
function storedScheme() {
  try {
    return localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // storage may be forbidden: then the system decides
    return null;
  }
}
const chosen = storedScheme();
const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
