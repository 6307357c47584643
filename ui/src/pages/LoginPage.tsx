/** Asks for the access token when the server wants one, and goes back to where one came from. The token goes into the body only. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { errorWords } from "../data/client.ts";
import { useLogin } from "../data/queries.ts";
import { useTitle } from "../parts/useTitle.ts";
import { t } from "../words/language.ts";

/** Only a path of this site: `//elsewhere` and full addresses are not followed, nor what a browser makes them of by leaving out tabs. */
export function safeNext(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])[^\t\n\r]*$/.test(next) ? next : "/";
}

/** Help pages are no pages of this app. */
function goTo(path: string, navigate: (path: string, options: { replace: boolean }) => void): void {
  if (path.startsWith("/codes/")) window.location.replace(path);
  else navigate(path, { replace: true });
}

export function LoginPage() {
  useTitle(t("settings.login"));
  const [token, setToken] = useState("");
  const [, navigate] = useLocation();
  const login = useLogin();
  return (
    <form
      className="panel narrow stack"
      onSubmit={(event) => {
        event.preventDefault();
        login.mutate(token.trim(), { onSuccess: () => goTo(safeNext(window.location.search), navigate) });
      }}
    >
      <h1 style={{ margin: 0 }}>{t("settings.login")}</h1>
      <TextInput
        label={t("login.token")}
        description={t("login.note")}
        type="password"
        autoComplete="current-password"
        required
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={login.isError ? errorWords(login.error) : undefined}
      />
      <div>
        <Button type="submit" loading={login.isPending} disabled={token.trim() === ""}>
          {t("login.button")}
        </Button>
      </div>
    </form>
  );
}
