import { memberSuite } from '../../sandboxes/member-suite.ts';
import { MEMBERS } from '../../sandboxes/members.ts';
import { pagePlace } from './place.ts';

for (const member of MEMBERS) memberSuite(pagePlace(), member);
