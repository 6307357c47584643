/** Asks for the access token when the server wants one, and goes back to where one came from. The token goes into the body only. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { errorWords } from "../data/client.ts";
import { useLogin } from "../data/queries.ts";
import { useTitle } from "../parts/useTitle.ts";

/** Only a path of this site: `//elsewhere` and full addresses are not followed. */
export function safeNext(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

export function LoginPage() {
  useTitle("Login");
  const [token, setToken] = useState("");
  const [, navigate] = useLocation();
  const login = useLogin();
  return (
    <form
      className="panel narrow stack"
      onSubmit={(event) => {
        event.preventDefault();
        login.mutate(token.trim(), { onSuccess: () => navigate(safeNext(window.location.search), { replace: true }) });
      }}
    >
      <h1 style={{ margin: 0 }}>Login</h1>
      <TextInput
        label="Access token"
        description="It was shown once, when OpenHMS was first started on this address"
        type="password"
        autoComplete="current-password"
        required
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={login.isError ? errorWords(login.error) : undefined}
      />
      <div>
        <Button type="submit" loading={login.isPending} disabled={token.trim() === ""}>
          Log in
        </Button>
      </div>
    </form>
  );
}
