const type = (page, field, text) => field(page).pressSequentially(text, { delay: 60 });

const paletteField = (page) => page.getByPlaceholder('Pages, jobs, words of a transcript, actions');

const PALETTE = [
  {
    name: 'open the palette',
    act: (page) => page.keyboard.press('Control+k'),
    settled: (page) => paletteField(page).waitFor(),
  },
  {
    name: 'type in the palette',
    act: (page) => type(page, paletteField, 'record'),
    undo: async (page) => {
      await page.keyboard.press('Escape');
      await paletteField(page).waitFor({ state: 'detached' });
    },
  },
];

const scroll = (name, find) => ({
  name,
  scrolls: true,
  act: async (page) => {
    if (find !== undefined) await find(page).hover();
    else await page.mouse.move(640, 500);
    for (let step = 0; step < 12; step += 1) {
      await page.mouse.wheel(0, 700);
      await page.waitForTimeout(50);
    }
  },
  undo: (page) => page.mouse.wheel(0, -9000),
});

const press = (name, find, undo) => ({ name, act: (page) => find(page).click(), undo });

const jobsSearch = (page) => page.getByLabel('Search jobs by name or text');
const findField = (page) => page.getByLabel('Find in this transcript');
const text = (page) => page.getByRole('region', { name: 'Text of the recording' });
const line = (page) => page.getByLabel('Text of this line');

const JOBS = [
  {
    name: 'type in the filter',
    act: (page) => type(page, jobsSearch, 'recording-09'),
    undo: (page) => jobsSearch(page).fill(''),
  },
  press(
    'switch the tab',
    (page) => page.getByRole('button', { name: /^Running/ }),
    (page) => page.getByRole('button', { name: /^All/ }).click(),
  ),
  scroll('scroll the list'),
  press(
    'select all',
    (page) => page.getByLabel('Select all loaded jobs'),
    (page) => page.getByLabel('Select all loaded jobs').click(),
  ),
  press(
    'select one',
    (page) => page.getByRole('checkbox', { name: /^Select recording/ }).nth(3),
    (page) =>
      page
        .getByRole('checkbox', { name: /^Select recording/ })
        .nth(3)
        .click(),
  ),
  press(
    'open the menu of a row',
    (page) => page.getByRole('button', { name: /^Actions for/ }).nth(3),
    (page) => page.keyboard.press('Escape'),
  ),
  ...PALETTE,
];

const TRANSCRIPT = [
  press('click on a word', (page) => text(page).locator('[data-word]').nth(30)),
  scroll('scroll the text', text),
  {
    name: 'find: type',
    act: (page) => type(page, findField, 'transcri'),
    undo: undefined,
  },
  { name: 'find: next match', act: (page) => findField(page).press('Enter'), undo: undefined },
  { name: 'find: leave', act: (page) => findField(page).press('Escape') },
  {
    name: 'play and pause',
    act: async (page) => {
      await page.getByRole('button', { name: 'Play', exact: true }).click();
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
    },
  },
  {
    name: 'go to the end by the waveform',
    act: (page) => page.getByRole('slider', { name: 'Place in the recording' }).click({ position: { x: 900, y: 30 } }),
  },
  { name: 'edit: open', act: (page) => page.keyboard.press('e'), settled: (page) => line(page).waitFor() },
  { name: 'edit: type', act: (page) => type(page, line, ' and so on') },
  {
    name: 'edit: save',
    act: (page) => line(page).press('Enter'),
    settled: (page) => line(page).waitFor({ state: 'detached' }),
  },
  { name: 'edit: undo', act: (page) => page.getByRole('button', { name: 'Undo the last edit' }).click() },
  ...PALETTE,
];

/** What people do on each page. `undo` brings the page back for the next round, and is not measured. */
export const listPages = ({ transcript, job }) => [
  { page: 'Jobs', path: '/jobs', interactions: JOBS },
  { page: 'Transcript', path: transcript, interactions: TRANSCRIPT },
  {
    page: 'Job',
    path: job,
    interactions: [
      press('click on a word', (page) => text(page).locator('[data-word]').nth(20)),
      scroll('scroll the text', text),
      ...PALETTE,
    ],
  },
  {
    page: 'Overview',
    path: '/overview',
    interactions: [
      press(
        'choose a day',
        (page) => page.getByText('1 day', { exact: true }),
        (page) => page.getByText('1 hour', { exact: true }).click(),
      ),
      scroll('scroll'),
      ...PALETTE,
    ],
  },
  {
    page: 'Search',
    path: '/search',
    interactions: [
      {
        name: 'type',
        act: (page) => type(page, (at) => at.getByLabel('Search all transcripts'), 'worker'),
        undo: (page) => page.getByLabel('Search all transcripts').fill(''),
      },
      ...PALETTE,
    ],
  },
  {
    page: 'New',
    path: '/new',
    interactions: [
      {
        name: 'type a prompt',
        act: (page) => type(page, (at) => at.getByLabel('Prompt'), 'Names'),
        undo: (page) => page.getByLabel('Prompt').fill(''),
      },
      ...PALETTE,
    ],
  },
  {
    page: 'Queue',
    path: '/queue',
    interactions: [
      press(
        'choose a day',
        (page) => page.getByText('1 day', { exact: true }),
        (page) => page.getByText('1 hour', { exact: true }).click(),
      ),
      press(
        'open the pause',
        (page) => page.getByRole('button', { name: 'Pause…' }),
        (page) => page.keyboard.press('Escape'),
      ),
      ...PALETTE,
    ],
  },
  {
    page: 'Workers',
    path: '/workers',
    interactions: [
      press(
        'show those that ended',
        (page) => page.getByRole('switch', { name: 'Show those that ended' }),
        (page) => page.getByRole('switch', { name: 'Show those that ended' }).click(),
      ),
      ...PALETTE,
    ],
  },
  {
    page: 'Models',
    path: '/models',
    interactions: [
      {
        name: 'type in the filter',
        act: (page) => type(page, (at) => at.getByPlaceholder('Name or precision'), 'large'),
        undo: (page) => page.getByPlaceholder('Name or precision').fill(''),
      },
      press(
        'switch the tab',
        (page) => page.getByText('To pull', { exact: true }),
        (page) => page.getByText('All', { exact: true }).first().click(),
      ),
      ...PALETTE,
    ],
  },
  { page: 'Backends', path: '/backends', interactions: [...PALETTE] },
  {
    page: 'Benchmarks',
    path: '/benchmarks',
    interactions: [
      press(
        'open the dialog',
        (page) => page.getByRole('button', { name: 'Start a benchmark' }),
        (page) => page.keyboard.press('Escape'),
      ),
      ...PALETTE,
    ],
  },
  { page: 'System', path: '/system', interactions: [scroll('scroll'), ...PALETTE] },
  {
    page: 'Settings',
    path: '/settings',
    interactions: [
      press(
        'switch the tab',
        (page) => page.getByRole('tab', { name: 'Webhooks' }),
        (page) => page.getByRole('tab', { name: 'API keys' }).click(),
      ),
      ...PALETTE,
    ],
  },
  {
    page: 'Audit log',
    path: '/audit',
    interactions: [
      press(
        'open the details',
        (page) => page.locator('summary').first(),
        (page) => page.locator('summary').first().click(),
      ),
      ...PALETTE,
    ],
  },
];
