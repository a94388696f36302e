import { lazy, Suspense, useEffect, useState, type ComponentType, type ReactNode } from 'react';

interface DialogProps {
  readonly opened: boolean;
  readonly close: () => void;
}

/** A dialog whose code is loaded when it is first opened: the first picture does not wait for it. */
export function lazyDialog<Props extends DialogProps = DialogProps>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const Dialog = lazy<ComponentType<DialogProps>>(async () => ({
    default: openedOnceThere((await load()) as ComponentType<DialogProps>),
  }));
  return function LazyDialog(props: Props): ReactNode {
    const [wanted, setWanted] = useState(props.opened);
    if (props.opened && !wanted) setWanted(true);
    return wanted ? (
      <Suspense fallback={null}>
        <Dialog {...props} />
      </Suspense>
    ) : null;
  };
}

/** A dialog remembers what had the focus, to give it back, only when it is seen to open: so it begins closed. */
function openedOnceThere(Dialog: ComponentType<DialogProps>): ComponentType<DialogProps> {
  return function OpenedOnceThere(props: DialogProps): ReactNode {
    const [there, setThere] = useState(false);
    useEffect(() => {
      setThere(true);
    }, []);
    return <Dialog {...props} opened={there && props.opened} />;
  };
}
