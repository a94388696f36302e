import { expect, it } from 'vitest';
import { droppedPaths } from '../../../electron/dropped-files';

it('tells where dropped files lie, each once, and leaves out what lies nowhere', () => {
  const paths = ['/media/SD/a.wav', '', '/media/SD/night', '/media/SD/a.wav'];
  expect(droppedPaths(paths.keys(), (index) => paths[index]!)).toEqual([
    '/media/SD/a.wav',
    '/media/SD/night',
  ]);
});
