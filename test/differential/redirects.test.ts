/**
 * Redirects that Envoy follows itself: random policies, predicates and chains of redirects, and a real Envoy's word on each. Without
 * SEEDS the fixed list of `seeds.json` runs; with SEEDS=N, N fresh ones from FIRST_SEED or the clock.
 */
import { runSeed } from './redirects/run-seed';
import { describeSeeds } from './seeds';
import seeds from './seeds.json';

describeSeeds('internal redirects', seeds.redirects, 60, runSeed);
