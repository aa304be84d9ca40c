/** What people have typed and chosen in the controls of one message, modal or Home tab. */

const KEPT = 'firebell.form.';

/**
 * The state Slack sends as `state.values`: block id -> action id -> {type, value | selected_...}.
 * A modal's state is also kept in the browser's session, so that not even a reload loses it.
 */
export class Form {
  #values;
  #kept;

  /** @param {string} [kept] the view's id; without, nothing outlives the page */
  constructor(kept = '', values = {}) {
    this.#kept = kept && KEPT + kept;
    this.#values = structuredClone(values);
    this.touched = false;
    const stored = this.#kept && sessionStorage.getItem(this.#kept);
    if (stored) this.#values = { ...this.#values, ...JSON.parse(stored) };
  }

  /** @returns {object|undefined} what a control holds, once it has been drawn */
  get(blockId, actionId) {
    return this.#values[blockId]?.[actionId];
  }

  /** Give a control its preset, unless the person has been there before. */
  preset(blockId, actionId, value) {
    if (this.get(blockId, actionId)?.type !== value.type) this.#put(blockId, actionId, value);
    return this.get(blockId, actionId);
  }

  /** The person changed a control. */
  set(blockId, actionId, value) {
    this.touched = true;
    this.#put(blockId, actionId, value);
    if (this.#kept) sessionStorage.setItem(this.#kept, JSON.stringify(this.#values));
  }

  #put(blockId, actionId, value) {
    this.#values[blockId] = { ...this.#values[blockId], [actionId]: value };
  }

  /** The state of the blocks that are shown now. */
  values(blocks) {
    const shown = blocks.map((block) => block.block_id).filter((id) => id in this.#values);
    return structuredClone(Object.fromEntries(shown.map((id) => [id, this.#values[id]])));
  }

  forget() {
    if (this.#kept) sessionStorage.removeItem(this.#kept);
  }
}

const forms = new Map();

/** The form of a message or Home tab, the same one as long as the page lives. */
export function formOf(key) {
  if (!forms.has(key)) forms.set(key, new Form());
  return forms.get(key);
}
