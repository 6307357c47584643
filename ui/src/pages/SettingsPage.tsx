/** What this browser remembers, and what this OpenHMS is. */
import { Button, NativeSelect, useMantineColorScheme } from "@mantine/core";
import { useLocation } from "wouter";
import { errorWords } from "../data/client.ts";
import { useSoundOn } from "../data/prefs.ts";
import { useLogout, useSite } from "../data/queries.ts";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";

const THEMES = [
  { value: "auto", label: "As the system" },
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
];

function SitePanel() {
  const site = useSite();
  if (site.data === undefined)
    return site.isError ? <Failed error={site.error} retry={() => void site.refetch()} /> : <Waiting heightPx={160} />;
  const { version, demo, publicUrl, phoneHint } = site.data;
  return (
    <dl className="facts">
      <dt>Version</dt>
      <dd>
        {version}
        {demo ? " (demo)" : ""}
      </dd>
      <dt>Address</dt>
      <dd>
        <a href={publicUrl}>{publicUrl}</a>
      </dd>
      <dt>From a phone</dt>
      <dd>{phoneHint ?? "Open the address above, or scan the QR code of an alert."}</dd>
      <dt>API</dt>
      <dd>
        <a href="/api/openapi.json">OpenAPI description</a>
      </dd>
    </dl>
  );
}

function LogoutPanel() {
  const logout = useLogout();
  const [, navigate] = useLocation();
  return (
    <section className="panel" aria-labelledby="login-title">
      <h2 id="login-title">Login</h2>
      <p className="quiet">Where OpenHMS asks for a token, this browser keeps you logged in by a cookie.</p>
      <Button
        variant="default"
        loading={logout.isPending}
        onClick={() => logout.mutate(undefined, { onSuccess: () => navigate("/login") })}
      >
        Log out
      </Button>
      {logout.isError ? <p role="alert">{errorWords(logout.error)}</p> : null}
    </section>
  );
}

export function SettingsPage() {
  useTitle("Settings");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [soundOn, setSoundOn] = useSoundOn();
  return (
    <div className="narrow stack">
      <h1 style={{ margin: 0 }}>Settings</h1>
      <section className="panel stack-tight" aria-labelledby="browser-title">
        <h2 id="browser-title">This browser</h2>
        <NativeSelect
          label="Theme"
          data={THEMES}
          value={colorScheme}
          onChange={(event) =>
            setColorScheme(event.currentTarget.value === "dark" ? "dark" : event.currentTarget.value === "light" ? "light" : "auto")
          }
        />
        <label className="check">
          <input type="checkbox" checked={soundOn} onChange={(event) => setSoundOn(event.currentTarget.checked)} />
          <span>
            Sound on displays
            <span className="small quiet note-line">A tone for each new alert; errors repeat until they are confirmed</span>
          </span>
        </label>
      </section>
      <section className="panel" aria-labelledby="site-title">
        <h2 id="site-title">This OpenHMS</h2>
        <SitePanel />
      </section>
      <LogoutPanel />
    </div>
  );
}
