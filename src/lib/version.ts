/** The version of the package. Stands here as well as in package.json so that no file is read for it; a test holds them together. */
export const VERSION = "0.1.0";
