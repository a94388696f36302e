import { lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react';

interface DialogProps {
  readonly opened: boolean;
  readonly close: () => void;
}

/** A dialog whose code is loaded when it is first opened: the first picture does not wait for it. */
export function lazyDialog(
  load: () => Promise<ComponentType<DialogProps>>,
): ComponentType<DialogProps> {
  const Dialog = lazy(async () => ({ default: await load() }));
  return function LazyDialog(props: DialogProps): ReactNode {
    const [wanted, setWanted] = useState(props.opened);
    if (props.opened && !wanted) setWanted(true);
    return wanted ? (
      <Suspense fallback={null}>
        <Dialog {...props} />
      </Suspense>
    ) : null;
  };
}
