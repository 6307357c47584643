/** What this browser remembers, and what this OpenHMS is. */
import { Button, NativeSelect, useMantineColorScheme } from "@mantine/core";
import { useLocation } from "wouter";
import { errorWords } from "../data/client.ts";
import { storeLanguage, storedLanguage, useSoundOn } from "../data/prefs.ts";
import { useLogout, useSite } from "../data/queries.ts";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { LANGUAGES, t } from "../words/language.ts";

const THEMES = [
  { value: "auto", label: t("settings.theme.auto") },
  { value: "dark", label: t("settings.theme.dark") },
  { value: "light", label: t("settings.theme.light") },
];

const TONGUES = [
  { value: "", label: t("settings.language.auto") },
  ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
];

/** What was fetched is in the old language too: the page starts anew. */
function speak(tag: string): void {
  storeLanguage(tag);
  const address = new URL(window.location.href);
  address.searchParams.delete("lang");
  window.location.replace(address);
}

function SitePanel() {
  const site = useSite();
  if (site.data === undefined)
    return site.isError ? <Failed error={site.error} retry={() => void site.refetch()} /> : <Waiting heightPx={160} />;
  const { version, demo, publicUrl, phoneHint } = site.data;
  return (
    <dl className="facts">
      <dt>{t("settings.version")}</dt>
      <dd>
        {version}
        {demo ? ` ${t("settings.demo")}` : ""}
      </dd>
      <dt>{t("settings.address")}</dt>
      <dd>
        <a href={publicUrl}>{publicUrl}</a>
      </dd>
      <dt>{t("settings.phone")}</dt>
      <dd>{t(phoneHint === null ? "settings.phoneNote" : "qr.onlyHere")}</dd>
      <dt>{t("settings.api")}</dt>
      <dd>
        <a href="/api/openapi.json">{t("settings.openapi")}</a>
      </dd>
    </dl>
  );
}

function LogoutPanel() {
  const logout = useLogout();
  const [, navigate] = useLocation();
  return (
    <section className="panel" aria-labelledby="login-title">
      <h2 id="login-title">{t("settings.login")}</h2>
      <p className="quiet">{t("settings.loginNote")}</p>
      <Button
        variant="default"
        loading={logout.isPending}
        onClick={() => logout.mutate(undefined, { onSuccess: () => navigate("/login") })}
      >
        {t("settings.logout")}
      </Button>
      {logout.isError ? <p role="alert">{errorWords(logout.error)}</p> : null}
    </section>
  );
}

export function SettingsPage() {
  useTitle(t("settings.title"));
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [soundOn, setSoundOn] = useSoundOn();
  return (
    <div className="narrow stack">
      <h1 style={{ margin: 0 }}>{t("settings.title")}</h1>
      <section className="panel stack-tight" aria-labelledby="browser-title">
        <h2 id="browser-title">{t("settings.browser")}</h2>
        <NativeSelect
          label={t("settings.theme")}
          data={THEMES}
          value={colorScheme}
          onChange={(event) =>
            setColorScheme(event.currentTarget.value === "dark" ? "dark" : event.currentTarget.value === "light" ? "light" : "auto")
          }
        />
        <NativeSelect
          label={t("settings.language")}
          data={TONGUES}
          value={storedLanguage()}
          onChange={(event) => speak(event.currentTarget.value)}
        />
        <label className="check">
          <input type="checkbox" checked={soundOn} onChange={(event) => setSoundOn(event.currentTarget.checked)} />
          <span>
            {t("settings.sound")}
            <span className="small quiet note-line">{t("settings.soundNote")}</span>
          </span>
        </label>
      </section>
      <section className="panel" aria-labelledby="site-title">
        <h2 id="site-title">{t("settings.site")}</h2>
        <SitePanel />
      </section>
      <LogoutPanel />
    </div>
  );
}
