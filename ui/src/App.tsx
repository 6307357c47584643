/** Which address shows which page. The fleet and the display come with the first load, the other pages when they are opened. */
import { Suspense, lazy, useEffect } from "react";
import { Route, Switch, useLocation } from "wouter";
import { useHub } from "./data/queries.ts";
import { FleetPage } from "./pages/FleetPage.tsx";
import { Frame } from "./parts/Frame.tsx";
import { Waiting } from "./parts/Wait.tsx";

const PrinterPage = lazy(() => import("./pages/PrinterPage.tsx").then((module) => ({ default: module.PrinterPage })));
const AlertPage = lazy(() => import("./pages/AlertPage.tsx").then((module) => ({ default: module.AlertPage })));
const DisplayPage = lazy(() => import("./display/DisplayPage.tsx").then((module) => ({ default: module.DisplayPage })));
const CodesPage = lazy(() => import("./pages/CodesPage.tsx").then((module) => ({ default: module.CodesPage })));
const CodeSitePage = lazy(() => import("./pages/CodeSitePage.tsx").then((module) => ({ default: module.CodeSitePage })));
const HistoryPage = lazy(() => import("./pages/HistoryPage.tsx").then((module) => ({ default: module.HistoryPage })));
const SettingsPage = lazy(() => import("./pages/SettingsPage.tsx").then((module) => ({ default: module.SettingsPage })));
const LoginPage = lazy(() => import("./pages/LoginPage.tsx").then((module) => ({ default: module.LoginPage })));
const MissingPage = lazy(() => import("./pages/MissingPage.tsx").then((module) => ({ default: module.MissingPage })));

/** Help pages and the login are open to everybody: a stranger's phone must not be asked for a login there. */
function needsLive(location: string): boolean {
  return !location.startsWith("/codes") && location !== "/login";
}

/** A segment of the address; as it stands when its escapes are broken. */
function decoded(segment: string): string {
  return /%(?![0-9a-f]{2})/i.test(segment) ? segment : decodeURIComponent(segment);
}

export function App() {
  const [location] = useLocation();
  const { live, ready } = useHub();
  const isLive = needsLive(location);
  useEffect(() => {
    if (!isLive) return;
    live.start();
    ready.start();
  }, [isLive, live, ready]);

  if (location.startsWith("/display/")) {
    return (
      <Suspense fallback={<Waiting heightPx={400} />}>
        <Route path="/display/:id">{({ id }) => <DisplayPage key={id} id={decoded(id)} />}</Route>
      </Suspense>
    );
  }
  return (
    <Frame live={isLive}>
      <Suspense fallback={<Waiting heightPx={480} />}>
        <Switch>
          <Route path="/">
            <FleetPage />
          </Route>
          <Route path="/printers/:id">{({ id }) => <PrinterPage key={id} id={decoded(id)} />}</Route>
          <Route path="/alerts/:id">{({ id }) => <AlertPage key={id} id={decoded(id)} />}</Route>
          <Route path="/codes">
            <CodesPage />
          </Route>
          <Route path="/codes/:code/site">{({ code }) => <CodeSitePage key={code} code={decoded(code)} />}</Route>
          <Route path="/history">
            <HistoryPage />
          </Route>
          <Route path="/settings">
            <SettingsPage />
          </Route>
          <Route path="/login">
            <LoginPage />
          </Route>
          <Route>
            <MissingPage />
          </Route>
        </Switch>
      </Suspense>
    </Frame>
  );
}
