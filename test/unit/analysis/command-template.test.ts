import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commandFor } from '@main/analysis/command-template';

it.each([
  ['detect {file}', 'detect', ['/a.wav']],
  ['  detect   --in={file}\t--json ', 'detect', ['--in=/a.wav', '--json']],
  [`detect '{file}' "two words" it\\'s`, 'detect', ['/a.wav', 'two words', "it's"]],
  [`"/opt/my tools/detect" '' a"b"'c'`, '/opt/my tools/detect', ['', 'abc']],
  [
    'detect $HOME `id` ; rm -rf / | cat > x {file}&',
    'detect',
    ['$HOME', '`id`', ';', 'rm', '-rf', '/', '|', 'cat', '>', 'x', '/a.wav&'],
  ],
  [`detect 'a\\b' "a\\"b"`, 'detect', ['a\\b', 'a"b']],
])('%s is a program and its arguments, and nothing is expanded', (template, program, args) => {
  expect(commandFor(template, '/a.wav')).toEqual({ program, args });
});

it.each(['', '   ', `detect 'open`, 'detect "open', 'detect \\', `'' {file}`])(
  '%j is no command',
  (template) => {
    expect(commandFor(template, '/a.wav')).toBeNull();
  },
);

it('a file of whatever name stays one argument', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(commandFor('detect --in {file} --last', name)).toEqual({
        program: 'detect',
        args: ['--in', name, '--last'],
      });
    }),
  );
});

it('a file that is called like the place for it is put in once', () => {
  expect(commandFor('detect {file}', '{file}')?.args).toEqual(['{file}']);
});
