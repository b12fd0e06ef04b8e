/**
 * Two pods: real capture rules, real Envoys on both sides, mutual TLS and authorization; the whole path of each request is held
 * against both access logs and the packet counters of the rules. SEEDS, FIRST_SEED and KEEP as for one sidecar.
 */
import { describeSeeds } from './seeds';
import seeds from './seeds.json';
import { runMesh } from './two-pods/run-mesh';

describeSeeds('two pods', seeds.twoPods, 40, runMesh);
