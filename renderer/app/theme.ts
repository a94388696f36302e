import {
  ActionIcon,
  Button,
  createTheme,
  Drawer,
  Input,
  InputWrapper,
  Modal,
  SegmentedControl,
  Select,
  Skeleton,
  Switch,
  type CSSVariablesResolver,
} from '@mantine/core';
import controls from './controls.module.css';

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
    Button: Button.extend({ classNames: { root: controls.button } }),
    ActionIcon: ActionIcon.extend({ classNames: { root: controls.icon } }),
    Input: Input.extend({ classNames: { wrapper: controls.inputWrapper, input: controls.input } }),
    InputWrapper: InputWrapper.extend({
      classNames: {
        error: controls.inputError,
        label: controls.inputLabel,
        description: controls.inputHelp,
      },
    }),
    Select: Select.extend({
      defaultProps: {
        allowDeselect: false,
        maxDropdownHeight: 280,
        withCheckIcon: true,
        checkIconPosition: 'right',
      },
      classNames: { option: controls.option },
    }),
    SegmentedControl: SegmentedControl.extend({ classNames: { label: controls.segment } }),
    Skeleton: Skeleton.extend({ classNames: { root: controls.skeleton } }),
    Switch: Switch.extend({ classNames: { body: controls.switchBody } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.55 } },
      classNames: {
        content: controls.sheet,
        header: controls.sheet,
        title: controls.sheetTitle,
        close: controls.icon,
      },
    }),
    Drawer: Drawer.extend({
      defaultProps: { overlayProps: { backgroundOpacity: 0.55 } },
      classNames: {
        content: controls.sheet,
        header: controls.sheet,
        title: controls.sheetTitle,
        close: controls.icon,
      },
    }),
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
