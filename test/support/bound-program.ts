// Run by the test of bound programs under plain Node: starts one, says its number, and lives on until it is killed.
import { spawnBound } from '@main/process/spawn-bound';

const child = await spawnBound('sleep', ['1000'], { stdio: 'ignore' });
console.log(String(child.pid));
setInterval(() => undefined, 1000);
