// Mantine's styles come first: ours refine them at equal specificity.
import './app/mantine.css';
import './app/fonts.css';
import './app/theme.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { startI18n } from './app/i18n';
import { startLiveConnection } from './app/live-connection';
import { createQueryClient } from './app/query-client';
import { createQueries } from './app/station-context';
import { connectToStation } from './station-client';

const connection = connectToStation();
const queries = createQueries(connection.client);
const queryClient = createQueryClient();
// The connection lives as long as the page; a reload begins with a new one.
startLiveConnection(connection, queries, queryClient, new AbortController().signal);

await startI18n();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <App client={connection.client} queries={queries} queryClient={queryClient} />,
);
