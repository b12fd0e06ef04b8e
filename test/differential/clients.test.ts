/**
 * Members of each class of requests that come to a gateway from any client, sent for real: a real Envoy must do with each of them
 * what the class says. Without SEEDS the fixed list of `seeds.json` runs; with SEEDS=N, N fresh ones.
 */
import { runClients } from './classes/run-clients';
import { describeSeeds } from './seeds';
import seeds from './seeds.json';

describeSeeds('classes of clients', seeds.clients, 5, runClients);
