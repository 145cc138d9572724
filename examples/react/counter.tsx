import { useSyncExternalStore } from 'react';

/** What the component needs of a page. */
type Page = Pick<Window, 'localStorage' | 'addEventListener' | 'removeEventListener'>;

/** A count that all tabs share. */
export function Counter({ label, page = window }: { label: string; page?: Page }) {
  const count = useSyncExternalStore(
    (onChange) => {
      page.addEventListener('storage', onChange);
      page.addEventListener('counted', onChange);
      return () => {
        page.removeEventListener('storage', onChange);
        page.removeEventListener('counted', onChange);
      };
    },
    () => Number(page.localStorage.getItem('count')),
  );
  const add = () => {
    page.localStorage.setItem('count', String(count + 1));
    (page as Window).dispatchEvent(new Event('counted')); // a tab is not notified of its own changes
  };
  return (
    <button type="button" onClick={add}>
      {label}: {count}
    </button>
  );
}
