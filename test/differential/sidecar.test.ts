/**
 * One sidecar: random configurations and requests, and a real Envoy's word on each. Without SEEDS the fixed list of `seeds.json`
 * runs; with SEEDS=N, N fresh ones from FIRST_SEED or the clock. KEEP=DIR keeps dumps and observations.
 */
import { describeSeeds } from './seeds';
import seeds from './seeds.json';
import { runSeed } from './sidecar/run-seed';

describeSeeds('a sidecar', seeds.sidecar, 150, runSeed);
