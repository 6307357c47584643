/** The start of the web app: theme, query cache, live connection, routes. */
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { theme } from "./theme.ts";
import { App } from "./App.tsx";
import { createHub } from "./data/hub.ts";
import { HubContext } from "./data/queries.ts";
import { language } from "./words/language.ts";

document.documentElement.lang = language;

const hub = createHub();
window.addEventListener("online", () => hub.live.retry());

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false} withStaticClasses={false}>
    <QueryClientProvider client={hub.queries}>
      <HubContext value={hub}>
        <App />
      </HubContext>
    </QueryClientProvider>
  </MantineProvider>,
);
