/** Reports what people do with a control: to the form it belongs to, and to the app where that wants to know. */

import { ask } from './dialog.js';

/** The name under which a control gets its focus back after a redraw. */
export const focusKey = (element, spot) => `${spot.blockId}/${element.action_id}`;

/**
 * Tell the app about a control, after the question it wants asked first.
 * @returns {Promise<boolean>} false if the person said no, or the app did not answer
 */
export async function report(element, spot, fields) {
  if (element.confirm && !(await ask(element.confirm))) return false;
  return spot.surface.act(spot.blockId, { type: element.type, action_id: element.action_id, ...fields });
}

/** Remember a choice, and report it where the surface wants to know at once. */
export async function change(element, spot, fields) {
  const before = spot.surface.form.get(spot.blockId, element.action_id);
  const state = { type: element.type, ...fields };
  spot.surface.form.set(spot.blockId, element.action_id, state);
  if (!spot.dispatches) return true;
  if (element.confirm && !(await ask(element.confirm))) {
    spot.surface.form.set(spot.blockId, element.action_id, before);
    return false;
  }
  await spot.surface.act(spot.blockId, { action_id: element.action_id, ...state });
  return true;
}
