/** A replay as the JUnit XML that CI systems read: a case a group, a failure where it differs. */
import type { ReplayGroup, ReplayResult } from '../../access-log/replay-result';
import { element, escaped } from '../../render/xml';
import { groupName } from './replay-table';
import { shownText } from '../../secrets/redact';

export function replayJunit({ groups, differ }: ReplayResult): string {
  const failures = groups.filter(({ kind }) => kind === 'differ').length;
  const counts = { tests: String(groups.length), failures: String(failures), errors: '0', skipped: '0', time: '0' };
  const suite = element('testsuite', { name: 'mctl replay', ...counts }, groups.map(testcase));
  const all = element('testsuites', { name: `mctl replay: ${differ} lines differ`, ...counts }, [suite]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${all}\n`;
}

function testcase(group: ReplayGroup): string {
  const attributes = { name: groupName(group), classname: group.proxy ?? 'proxy', time: '0' };
  if (group.kind !== 'differ') return element('testcase', attributes, []);
  const message = `predicted ${group.predicted ?? ''}, logged ${group.logged ?? ''}`;
  return element('testcase', attributes, [
    element('failure', { message, type: 'differs' }, [
      escaped(`${group.count} lines, such as\n${shownText(group.example)}`),
    ]),
  ]);
}
