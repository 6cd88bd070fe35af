import { formatLanguage } from './format';

/** What a model means that names its languages `*`. */
const WHISPER_LANGUAGES =
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is ' +
  'hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue';

/** Codes with their names, in the order of the names. */
export function namedLanguages(codes: readonly string[]): { value: string; label: string }[] {
  const all = codes.includes('*') ? WHISPER_LANGUAGES.split(' ') : codes.filter((code) => code !== 'auto');
  const named = all.map((value) => ({ value, label: formatLanguage(value) }));
  return named.sort((left, right) => left.label.localeCompare(right.label));
}
