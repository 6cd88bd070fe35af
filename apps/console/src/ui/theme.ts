import { createTheme, Menu, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#eef6f8',
  '#d8eaef',
  '#b0d6e0',
  '#83bfce',
  '#5ba9bd',
  '#3a92a8',
  '#23798f',
  '#176577',
  '#12505f',
  '#0d3c48',
];

const dark: MantineColorsTuple = [
  '#dfe4e8',
  '#c2cad1',
  '#a3adb6',
  '#808b95',
  '#4c5660',
  '#333c45',
  '#242c34',
  '#171d23',
  '#11161b',
  '#0b0f13',
];

export const theme = createTheme({
  fontFamily: 'var(--font-geist-sans), system-ui, sans-serif',
  fontFamilyMonospace: 'var(--font-geist-mono), ui-monospace, monospace',
  headings: { fontFamily: 'var(--font-geist-sans), system-ui, sans-serif', fontWeight: '600' },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, dark },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  // The placeholder that takes the first focus is not allowed inside a menu; the first item takes it instead.
  components: { Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }) },
  cursorType: 'pointer',
  focusRing: 'auto',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
});

/** Mantine's quiet greys stay below the contrast that small text needs. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#56616b',
    '--mantine-color-placeholder': '#66707a',
    '--mantine-color-error': '#b3261e',
  },
  dark: {
    '--mantine-color-dimmed': '#a3adb6',
    '--mantine-color-placeholder': '#939ea8',
    '--mantine-color-error': '#ff9189',
  },
});
