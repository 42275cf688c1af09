import { memberContract, memberHostile } from '../../sandboxes/member-suites.ts';
import { pyodide } from '../../sandboxes/members.ts';
import { pagePlace } from './place.ts';

memberContract(pagePlace(), pyodide);
memberHostile(pagePlace(), pyodide);
