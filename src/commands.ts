/** Every command by its id, loaded when asked for: start-up pays for the one that runs. */
export const COMMANDS: Readonly<Record<string, unknown>> = {};
