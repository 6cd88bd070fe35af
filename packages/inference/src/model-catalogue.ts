import type { ModelManifest, ModelSize } from '@voice-transcriber/backend-sdk';

/** An official Whisper checkpoint in ggml format, as published by the whisper.cpp project (file `ggml-NAME.bin`, MIT). */
export interface CatalogueModel {
  readonly name: string;
  readonly size: ModelSize;
  readonly quantization: string;
  /** `['en']` or `['*']`. */
  readonly languages: readonly string[];
  /** The exact length of the official file. */
  readonly fileBytes: number;
  readonly sha1: string;
  /** Only where known; the sha1 is checked otherwise. */
  readonly sha256?: string;
  /** Resident bytes that a loaded model takes, estimated from the file and the size of its buffers. */
  readonly memoryBytesNeeded: number;
}

export const OFFICIAL_ORIGIN = 'https://huggingface.co/ggerganov/whisper.cpp';
export const OFFICIAL_LICENCE = 'MIT';

const MEBIBYTE = 1024 * 1024;

/** Beside the weights: key-value caches, compute buffers and the program itself. Measured for base; the rest grows with width and layers. */
const WORKING_MEBIBYTES: Readonly<Record<ModelSize, number>> = {
  tiny: 300,
  base: 450,
  small: 800,
  medium: 1500,
  large: 2400,
};

/**
 * Name, bytes, sha1 and, where known, sha256. The bytes follow from the format: a header of twelve numbers, the mel filters, the vocabulary, and
 * for each tensor of the architecture its head and its numbers in the file's quantization.
 */
const CHECKPOINTS: readonly (readonly [name: string, fileBytes: number, sha1: string, sha256?: string])[] = [
  ['tiny', 77_691_713, 'bd577a113a864445d4c299885e0cb97d4ba92b5f'],
  ['tiny-q5_1', 32_152_673, '2827a03e495b1ed3048ef28a6a4620537db4ee51'],
  ['tiny-q8_0', 43_537_433, '19e8118f6652a650569f5a949d962154e01571d9'],
  [
    'tiny.en',
    77_704_715,
    'c78c86eb1a8faa21b369bcd33207cc90d64ae9df',
    '921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f',
  ],
  ['tiny.en-q5_1', 32_166_155, '3fb92ec865cbbc769f08137f22470d6b66e071b6'],
  [
    'tiny.en-q8_0',
    43_550_795,
    '802d6668e7d411123e672abe4cb6c18f12306abb',
    '5bc2b3860aa151a4c6e7bb095e1fcce7cf12c7b020ca08dcec0c6d018bb7dd94',
  ],
  [
    'base',
    147_951_465,
    '465707469ff3a37a2b9b8d8f89f2f99de7299dac',
    '60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe',
  ],
  ['base-q5_1', 59_707_625, 'a3733eda680ef76256db5fc5dd9de8629e62c5e7'],
  [
    'base-q8_0',
    81_768_585,
    '7bb89bb49ed6955013b166f1b6a6c04584a20fbe',
    'c577b9a86e7e048a0b7eada054f4dd79a56bbfa911fbdacf900ac5b567cbb7d9',
  ],
  ['base.en', 147_964_211, '137c40403d78fd54d454da0f9bd998f78703390c'],
  ['base.en-q5_1', 59_721_011, 'd26d7ce5a1b6e57bea5d0431b9c20ae49423c94a'],
  ['base.en-q8_0', 81_781_811, 'bb1574182e9b924452bf0cd1510ac034d323e948'],
  ['small', 487_601_967, '55356645c2b361a969dfd0ef2c5a50d530afd8d5'],
  ['small-q5_1', 190_085_487, '6fe57ddcfdd1c6b07cdcc73aaf620810ce5fc771'],
  ['small-q8_0', 264_464_607, 'bcad8a2083f4e53d648d586b7dbc0cd673d8afad'],
  ['small.en', 487_614_201, 'db8a495a91d927739e50b3fc1cc4c6b8f6c2d022'],
  ['small.en-q5_1', 190_098_681, '20f54878d608f94e4a8ee3ae56016571d47cba34'],
  ['small.en-q8_0', 264_477_561, '9d75ff4ccfa0a8217870d7405cf8cef0a5579852'],
  ['medium', 1_533_763_059, 'fd9727b6e1217c2f614f9b698455c4ffd82463b4'],
  ['medium-q5_0', 539_212_467, '7718d4c1ec62ca96998f058114db98236937490e'],
  ['medium-q8_0', 823_369_779, 'e66645948aff4bebbec71b3485c576f3d63af5d6'],
  ['medium.en', 1_533_774_781, '8c30f0e44ce9560643ebd10bbe50cd20eafd3723'],
  ['medium.en-q5_0', 539_225_533, 'bb3b5281bddd61605d6fc76bc5b92d8f20284c3b'],
  ['medium.en-q8_0', 823_382_461, 'b1cf48c12c807e14881f634fb7b6c6ca867f6b38'],
  ['large-v1', 3_094_623_691, 'b1caaf735c4cc1429223d5a74f0f4d0b9b59a299'],
  ['large-v2', 3_094_623_691, '0f4c8e34f21cf1a914c59d8b3ce882345ad349d6'],
  ['large-v2-q5_0', 1_080_732_091, '00e39f2196344e901b3a2bd5814807a769bd1630'],
  ['large-v2-q8_0', 1_656_129_691, 'da97d6ca8f8ffbeeb5fd147f79010eeea194ba38'],
  ['large-v3', 3_095_033_483, 'ad82bf6a9043ceed055076d0fd39f5f186ff8062'],
  ['large-v3-q5_0', 1_081_140_203, 'e6e2ed78495d403bef4b7cff42ef4aaadcfea8de'],
  ['large-v3-turbo', 1_624_555_275, '4af2b29d7ec73d781377bfd1758ca957a807e941'],
  ['large-v3-turbo-q5_0', 574_041_195, 'e050f7970618a659205450ad97eb95a18d69c9ee'],
  ['large-v3-turbo-q8_0', 874_188_075, '01bf15bedffe9f39d65c1b6ff9b687ea91f59e0e'],
];

/** All official checkpoints, from small to large. */
export const MODEL_CATALOGUE: readonly CatalogueModel[] = CHECKPOINTS.map(([name, fileBytes, sha1, sha256]) => {
  const size = sizeOf(name);
  return {
    name,
    size,
    quantization: /-(q\d_\d)$/.exec(name)?.[1] ?? 'f16',
    languages: name.includes('.en') ? ['en'] : ['*'],
    fileBytes,
    sha1,
    ...(sha256 === undefined ? {} : { sha256 }),
    memoryBytesNeeded: fileBytes + WORKING_MEBIBYTES[size] * MEBIBYTE,
  };
});

function sizeOf(name: string): ModelSize {
  const size = (['tiny', 'base', 'small', 'medium'] as const).find((candidate) => name.startsWith(candidate));
  return size ?? 'large';
}

/** Describes an installed file of the catalogue. `sha256` is empty where nobody has worked it out yet. */
export function manifestOfOfficial(model: CatalogueModel, sha256 = model.sha256 ?? ''): ModelManifest {
  return {
    name: model.name,
    size: model.size,
    format: 'ggml',
    quantization: model.quantization,
    languages: model.languages,
    fileBytes: model.fileBytes,
    sha256,
    licence: OFFICIAL_LICENCE,
    origin: OFFICIAL_ORIGIN,
  };
}
