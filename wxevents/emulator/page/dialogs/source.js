/** Camera or album, where a button leaves the choice to its user. */
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { useTexts } from "../i18n.js";
import { Dialog } from "./dialog.js";

const ICONS = { camera: "camera", album: "picture" };

/** @param {{sources: string[], onChoose: (source: string) => void, onCancel: () => void}} properties */
export function SourceDialog({ sources, onChoose, onCancel }) {
  const t = useTexts();
  return html`<${Dialog} name=${t("dialog_source")} testid="source-dialog" onCancel=${onCancel}>
    <div class="choices">
      ${sources.map(
        (source) => html`<button type="button" class="choice" data-testid="source-${source}" onClick=${() => onChoose(source)}>
          <${Icon} name=${ICONS[source] ?? "picture"} /> ${t(source)}
        </button>`,
      )}
    </div>
  <//>`;
}
