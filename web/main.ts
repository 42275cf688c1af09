import { mount, unmount } from 'svelte';
import App from './App.svelte';
import { services } from './state/connect.ts';
import { Page } from './state/page.svelte.ts';
import './ui/tokens.css';
import './ui/base.css';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');
target.replaceChildren();
const app = mount(App, { target, props: { page: new Page(services) } });

if (import.meta.hot) import.meta.hot.dispose(() => void unmount(app));
