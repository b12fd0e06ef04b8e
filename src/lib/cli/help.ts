/** Help, as oclif writes it from the manifest. */
import { Config } from '@oclif/core/config';
import { Help } from '@oclif/core/help';

/** Prints the help of everything, of a group (`proxy-config`) or of a command (`proxy-config:listener`). */
export async function showHelp(root: string, subject: string | null): Promise<void> {
  const help = new Help(await Config.load({ root }), { flagSortOrder: 'none', hideAliasesFromRoot: true });
  await help.showHelp(subject === null ? [] : [subject]);
}
