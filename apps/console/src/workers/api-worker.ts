import type { WorkersQuery } from '../gql/graphql';

export type ApiWorker = WorkersQuery['workers'][number];
