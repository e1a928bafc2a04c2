/** The page: phones beside the tools, or one after the other where it is narrow. */
import { html, render, useEffect, useState } from "./html.js";
import { AccountPage } from "./account.js";
import { Audiences } from "./audiences.js";
import { Faults } from "./faults.js";
import { Header } from "./header.js";
import { useTexts } from "./i18n.js";
import { Inspector } from "./inspector.js";
import { Notices } from "./notices.js";
import { useObservable } from "./observable.js";
import { Phones } from "./phones.js";
import { connect, store } from "./store.js";
import { Tabs } from "./tabs.js";
import { Users } from "./users.js";

const NARROW = matchMedia("(max-width: 799px)");
const TOOLS = {
  inspector: Inspector,
  audiences: Audiences,
  users: Users,
  faults: Faults,
  account: AccountPage,
};

function App() {
  const t = useTexts();
  const { state, connected } = useObservable(store);
  return html`
    <${Header} state=${state} connected=${connected} />
    ${state ? html`<${Main} state=${state} />` : html`<main class="loading" role="status">${t("loading")}</main>`}
    <${Notices} />
  `;
}

function Main({ state }) {
  const narrow = useNarrow();
  const [tool, setTool] = useState(null);
  const [wanted, setWanted] = useState(null);
  const [beside, setBeside] = useState([]);
  const chosen = state.users.find((user) => user.openid === wanted)?.openid ?? state.users[0]?.openid;
  const show = (openid) => {
    setWanted(openid);
    if (narrow) setTool("phone");
  };
  const phones = html`<${Phones} state=${state} chosen=${chosen} beside=${narrow ? [] : beside}
    onChoose=${setWanted} onBeside=${setBeside} />`;
  if (narrow) {
    const present = tool ?? "phone";
    return html`<main class="narrow">
      <${ToolTabs} names=${["phone", ...Object.keys(TOOLS)]} chosen=${present} onChoose=${setTool} />
      ${present === "phone" ? phones : html`<${Tool} key=${present} name=${present} state=${state} onShow=${show} />`}
    </main>`;
  }
  const present = tool in TOOLS ? tool : "inspector";
  return html`<main class="wide">
    ${phones}
    <div class="tools">
      <${ToolTabs} names=${Object.keys(TOOLS)} chosen=${present} onChoose=${setTool} />
      <${Tool} key=${present} name=${present} state=${state} onShow=${show} />
    </div>
  </main>`;
}

function ToolTabs({ names, chosen, onChoose }) {
  const t = useTexts();
  const tabs = names.map((name) => ({ key: name, testid: `tab-${name}`, label: t(`tab_${name}`) }));
  return html`<${Tabs} kind="tools-tabs" name=${t("tabs")} tabs=${tabs} chosen=${chosen} onChoose=${onChoose} />`;
}

function Tool({ name, state, onShow }) {
  const t = useTexts();
  return html`<div class="tool" role="tabpanel" aria-label=${t(`tab_${name}`)}>
    <${TOOLS[name]} state=${state} onShow=${onShow} />
  </div>`;
}

function useNarrow() {
  const [narrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const change = () => setNarrow(NARROW.matches);
    NARROW.addEventListener("change", change);
    return () => NARROW.removeEventListener("change", change);
  }, []);
  return narrow;
}

connect();
render(html`<${App} />`, document.getElementById("app"));
