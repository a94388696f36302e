import {
  createTheme,
  type ActionIcon,
  type Button,
  type CSSVariablesResolver,
  type Drawer,
  type Input,
  type InputWrapper,
  type Modal,
  type SegmentedControl,
  type Select,
  type Skeleton,
  type Switch,
} from '@mantine/core';
import controls from './controls.module.css';

/** Checked by type only: importing the components would load them all before the first picture. */
type Extension<Component extends { extend: (extension: never) => unknown }> = Parameters<
  Component['extend']
>[0];

/** One theme: a calm neutral base, one accent, and targets that grow under a finger (`--target`). */
export const theme = createTheme({
  fontFamily:
    "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace",
  primaryColor: 'accent',
  primaryShade: 8,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'never', // drawn once for everything in theme.css
  black: '#12181d',
  colors: {
    accent: [
      '#eaf5fb',
      '#dff0fa',
      '#b9ddf1',
      '#8fcbf0',
      '#6ab4df',
      '#479fd0',
      '#2f8cc0',
      '#1f74a6',
      '#155a86',
      '#0e4365',
    ],
    dark: [
      '#e8edf1',
      '#c6d0d8',
      '#aab6c0',
      '#84919c',
      '#4a5660',
      '#2a343c',
      '#1f272e',
      '#1a2127',
      '#11161a',
      '#0c1013',
    ],
  },
  components: {
    Button: { classNames: { root: controls.button } } satisfies Extension<typeof Button>,
    ActionIcon: { classNames: { root: controls.icon } } satisfies Extension<typeof ActionIcon>,
    Input: {
      classNames: { wrapper: controls.inputWrapper, input: controls.input },
    } satisfies Extension<typeof Input>,
    InputWrapper: {
      classNames: {
        error: controls.inputError,
        label: controls.inputLabel,
        description: controls.inputHelp,
      },
    } satisfies Extension<typeof InputWrapper>,
    Select: {
      defaultProps: {
        allowDeselect: false,
        maxDropdownHeight: 280,
        withCheckIcon: true,
        checkIconPosition: 'right',
      },
      classNames: { option: controls.option },
    } satisfies Extension<typeof Select>,
    SegmentedControl: { classNames: { label: controls.segment } } satisfies Extension<
      typeof SegmentedControl
    >,
    Skeleton: { classNames: { root: controls.skeleton } } satisfies Extension<typeof Skeleton>,
    Switch: { classNames: { body: controls.switchBody } } satisfies Extension<typeof Switch>,
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.55 } },
      classNames: {
        content: controls.sheet,
        header: controls.sheet,
        title: controls.sheetTitle,
        close: controls.icon,
      },
    } satisfies Extension<typeof Modal>,
    Drawer: {
      defaultProps: { overlayProps: { backgroundOpacity: 0.55 } },
      classNames: {
        content: controls.sheet,
        header: controls.sheet,
        title: controls.sheetTitle,
        close: controls.icon,
      },
    } satisfies Extension<typeof Drawer>,
  },
});

/** Mantine's quiet texts are too faint for sunlight and for WCAG AA; these are not. */
export const resolveCssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#4a5660',
    '--mantine-color-placeholder': '#5c6871',
    '--mantine-color-error': '#9c1616',
    '--mantine-color-disabled-color': '#5c6871',
  },
  dark: {
    '--mantine-color-dimmed': '#aab6c0',
    '--mantine-color-placeholder': '#98a5b0',
    '--mantine-color-error': '#ffa3a3',
    '--mantine-color-disabled-color': '#98a5b0',
  },
});
