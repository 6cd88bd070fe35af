/** Upper bounds of histograms, in seconds. Few, because each is a series for every combination of labels. */

/** Answers over the network. */
export const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];
/** Transfers of files, loading of models. */
export const TRANSFER_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600];
/** Work and waiting, from a clip of seconds to a recording of hours. */
export const WORK_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1800, 3600, 14_400];
/** From the commit of an event to its subscriber. */
export const DELIVERY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5];
/** Compute seconds per second of audio; below 1 is faster than the recording plays, 0.1 is what is aimed at. */
export const REAL_TIME_FACTORS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 4];
